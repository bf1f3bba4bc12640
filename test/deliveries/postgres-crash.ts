/** A process that handles one delivery and dies at the moment it is told, as if it were unplugged. */
import { Pool } from 'pg';
import { postgresDeliveryStore } from '../../docs/recipes/postgres-delivery-store.ts';

/** When the process dies: with its write made but not committed, or committed but not yet known as complete. */
export type CrashMoment = 'before commit' | 'before complete';

/** What the process is told when it starts. */
export interface CrashSetup {
  readonly url: string;
  readonly key: string;
  readonly leaseMs: number;
  readonly moment: CrashMoment;
}

const { url, key, leaseMs, moment } = JSON.parse(process.argv[2] ?? '') as CrashSetup;
const store = postgresDeliveryStore(new Pool({ connectionString: url }));

/** The parent kills the process; nothing here runs on. */
function die(): Promise<never> {
  process.send?.(moment);
  return new Promise(() => undefined);
}

const handle = store.inTransaction(async (_event: undefined, { deliveryKey }, client) => {
  await client.query('INSERT INTO effects (delivery) VALUES ($1)', [deliveryKey]);
  if (moment === 'before commit') await die();
});

await store.claim(key, 'crashing', leaseMs);
await handle(undefined, { deliveryKey: key });
await die();
