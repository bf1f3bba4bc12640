import { once } from 'node:events';
import { expect, test } from 'vitest';
import { errorReporter } from '../../src/bullmq/report.ts';

test('errors in the background go to the listener', () => {
  const heard: Error[] = [];
  const report = errorReporter('createSendQueue', (error) => heard.push(error));
  report(new TypeError('one'));
  report('two');
  expect(heard.map(String)).toEqual(['TypeError: one', 'Error: two']);
});

test('without a listener, or where it fails, they are warnings, the same one once', async () => {
  const warned = once(process, 'warning');
  const report = errorReporter('createSendQueue', undefined);
  report(new Error('Redis is away.'));
  const [warning] = await warned;
  expect(warning).toMatchObject({
    name: 'WhatsAppGatewayWarning',
    message: 'createSendQueue: Redis is away.',
  });
  const next = once(process, 'warning');
  report(new Error('Redis is away.'));
  const failing = errorReporter('createSendWorker', () => {
    throw new Error('The log is full.');
  });
  failing(new Error('x'));
  expect((await next)[0]).toMatchObject({ message: 'createSendWorker: The log is full.' });
});
