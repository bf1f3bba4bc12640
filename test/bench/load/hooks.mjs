import { writeSync } from 'node:fs';

/** Tells which module is loaded; what CommonJS requires by itself does not pass here. */
export async function load(url, context, nextLoad) {
  if (url.startsWith('file:')) writeSync(1, `${url}\n`);
  return nextLoad(url, context);
}
