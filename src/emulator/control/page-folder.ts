import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = 'emulator-page';

/** Where the page was built to: beside the packed code, or in `dist` where the source itself runs. */
export function findPageFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const packed = join(here, FOLDER);
  return existsSync(packed) ? packed : join(here, '..', '..', '..', 'dist', FOLDER);
}
