// Imports a package and tells every file that was read for it.
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

register('./hooks.mjs', import.meta.url);
await import(process.argv[2]);
for (const path of Object.keys(createRequire(import.meta.url).cache)) console.log(pathToFileURL(path).href);
