// Sends events with Fluent's own Node client and waits for every ack: node send.js PORT COUNT MODE
const { FluentClient, EventTime } = require("@fluent-org/logger");

const [port, count, eventMode] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const client = new FluentClient("node", { eventMode, ack: { ackTimeout: 10000 }, socket: { host: "127.0.0.1", port, timeout: 3000 } });

(async () => {
  const sent = [];
  for (let number = 0; number < count; number++)
    sent.push(client.emit(eventMode.toLowerCase(), { number, lvl: "INFO", text: "žluťoučký kůň" }, EventTime.now()));
  await Promise.all(sent);
  await client.disconnect();
  console.log("all acknowledged");
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
