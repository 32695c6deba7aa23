// The everyday calls of the official client, 8.x, with the package at the path given, on the address given.
const [, , address, path] = process.argv;
const assert = require('assert');
const { Client } = require(path);

(async () => {
  const client = new Client({ node: address });
  assert.strictEqual((await client.info()).tagline, 'You Know, for Search');
  await client.indices.create({ index: 'client', mappings: { properties: { n: { type: 'long' } } } });
  const operations = [1, 2, 3].flatMap(n => [{ create: { _index: 'client', _id: `${n}` } }, { n, text: `document ${n}` }]);
  assert.strictEqual((await client.bulk({ refresh: true, operations })).errors, false);
  const found = await client.search({ index: 'client', query: { match: { text: 'document' } }, sort: [{ n: 'desc' }] });
  assert.deepStrictEqual(found.hits.hits.map(hit => hit._id), ['3', '2', '1']);
  await assert.rejects(client.create({ index: 'client', id: '1', document: {} }), { name: 'ResponseError' });
  assert.strictEqual((await client.count({ index: 'client' })).count, 3);
  let scrolled = 0;
  for await (const page of client.helpers.scrollSearch({ index: 'client', size: 2, query: { match_all: {} } })) scrolled += page.documents.length;
  assert.strictEqual(scrolled, 3);
  await client.indices.delete({ index: 'client' });
  console.log('fine');
})().catch(error => { console.error(error); process.exit(1); });
