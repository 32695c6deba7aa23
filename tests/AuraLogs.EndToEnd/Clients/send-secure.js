// Sends events with Fluent's own Node client over TLS, with a shared key and a user: node send-secure.js PORT COUNT AUTHORITY KEY PASSWORD
const fs = require("fs");
const { FluentClient } = require("@fluent-org/logger");

const [port, count, authority, sharedKey, password] = [Number(process.argv[2]), Number(process.argv[3]), ...process.argv.slice(4)];
const client = new FluentClient("secure", {
  eventMode: "PackedForward",
  ack: { ackTimeout: 10000 },
  socket: { host: "127.0.0.1", port, timeout: 30000, reconnect: { maxAttempts: 1 }, tls: { ca: fs.readFileSync(authority) } },
  security: { clientHostname: "node-client", sharedKey, username: "ann", password },
});
client.socketOn("error", (error) => {
  console.error(error);
  process.exit(1);
});

(async () => {
  const sent = [];
  for (let number = 0; number < count; number++) sent.push(client.emit("app", { number }));
  await Promise.all(sent);
  await client.disconnect();
  console.log("all acknowledged");
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
