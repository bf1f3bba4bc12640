import { join } from 'node:path';

/** The repository. */
export const root: string = join(import.meta.dirname, '../../..');

/** What users import, and the file it is made of. */
export const entries: Readonly<Record<string, string>> = {
  'express-whatsapp-gateway': join(root, 'src/index.ts'),
  'express-whatsapp-gateway/redis': join(root, 'src/redis.ts'),
  'express-whatsapp-gateway/bullmq': join(root, 'src/bullmq/index.ts'),
  'express-whatsapp-gateway/testing': join(root, 'src/testing/index.ts'),
};
