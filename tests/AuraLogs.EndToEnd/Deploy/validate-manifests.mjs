// Checks Kubernetes manifests against the API's schema: reads a JSON array of them, prints one line a mistake.
//
//   node validate-manifests.mjs FOLDER_OF_NODE_MODULES < manifests.json
//
// The validators of the packages kubernetes-models and @kubernetes-models/* are made from Kubernetes' OpenAPI. They know types,
// formats, enumerations and what is required, but let unknown keys pass. So each value is handed over behind a proxy that notes
// which keys the validator asked for: a key that no schema asked for is one that Kubernetes doesn't know.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const [modules] = process.argv.slice(2);

function watched(value, where, unread) {
  if (value === null || typeof value !== 'object') return value;
  const pending = new Set(Array.isArray(value) ? [] : Object.keys(value));
  const children = new Map();
  unread.push({ where, pending });
  return new Proxy(value, {
    get(target, key) {
      pending.delete(key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return target[key];
      if (!children.has(key)) children.set(key, watched(target[key], `${where}/${key}`, unread));
      return children.get(key);
    },
  });
}

function modelFile({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const folder = group === 'monitoring.coreos.com' ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  return path.join(modules, folder, group, version, `${kind}.js`);
}

for (const manifest of JSON.parse(readFileSync(0, 'utf8'))) {
  const name = `${manifest.kind} ${manifest.metadata?.name}`;
  try {
    const { [manifest.kind]: Model } = await import(modelFile(manifest));
    const model = new Model(manifest);
    const unread = [];
    for (const key of Object.keys(model)) model[key] = watched(model[key], `/${key}`, unread);
    model.validate();
    for (const { where, pending } of unread)
      for (const key of pending) console.log(`${name}: ${where}/${key} is not in the schema`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
}
