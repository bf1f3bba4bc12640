import { beforeEach } from 'vitest';

/** Tests that take seconds, and that kill nothing which a faster one does not. */
const slowTests: ReadonlySet<string> = new Set([
  // test/deliveries/redis.test.ts
  'frees a delivery whose process was killed when its lease ends, not before',
  'runs on a cluster, by both clients',
  // test/sender/close.test.ts, in processes of their own
  'that never sends does not load undici, also when it closes',
  'ends by itself after a send, without close',
  'ends by itself after close, whatever was going on',
  // test/sender/network.test.ts
  'are closed after four seconds, whatever the server hints at',
  // test/webhook/duplicates.test.ts
  'leave the memory store at its bound, and one that is being handled in it',
  // test/webhook/receiver.test.ts
  'rejects for nothing and answers only documented codes, whatever it is given',
  'answers 200 to any event that is signed, and gives the handler every field',
]);

beforeEach(({ task, skip }) => {
  skip(slowTests.has(task.name));
});
