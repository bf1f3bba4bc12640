import { answerParent, tell } from '../harness/child.ts';
import { processorMicroseconds } from '../support/slice.ts';
import { clients } from './clients.ts';

const IN_FLIGHT = 50;
const [name, origin = ''] = process.argv.slice(2);
const make = Object.entries(clients).find(([known]) => known === name)?.[1];
if (make === undefined) throw new Error('There is no such client.');
const send = make(origin);

async function sendAll(messages: number): Promise<void> {
  let left = messages;
  const sendOneByOne = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendOneByOne));
}

answerParent(async ({ messages }: { messages: number }) => {
  const startedAt = performance.now();
  const before = processorMicroseconds();
  await sendAll(messages);
  return { microseconds: processorMicroseconds() - before, tookMs: performance.now() - startedAt };
});
tell({ ready: true });
