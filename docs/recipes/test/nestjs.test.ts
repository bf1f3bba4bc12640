import 'reflect-metadata';
import {
  type CallHandler,
  type ExecutionContext,
  Module,
  type NestApplicationOptions,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { map } from 'rxjs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { OptOuts, WhatsAppModule } from '../nestjs.ts';
import { BARE_PHONE, PHONE, postOptOut, SECRET, startGateway } from './support/gateway.ts';
import { WEBHOOK_PATH } from './support/serve.ts';

@Module({ imports: [WhatsAppModule] })
class AppModule {}

/** What many apps have: one that wraps all answers, and one that refuses bodies that it does not know. */
const wrapping: NestInterceptor = {
  intercept: (_context: ExecutionContext, next: CallHandler) => next.handle().pipe(map((data) => ({ data }))),
};
const strict: PipeTransform = {
  transform: (_value, { type }) => {
    if (type === 'body') throw new Error('A field that is not known.');
  },
};

async function startApp(options: NestApplicationOptions = { rawBody: true }) {
  vi.stubEnv('WHATSAPP_GATEWAY_WEBHOOK_SECRET', SECRET);
  onTestFinished(() => void vi.unstubAllEnvs());
  const errors: unknown[] = [];
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error'], ...options });
  app.useLogger({
    log: () => undefined,
    warn: () => undefined,
    error: (...args) => void errors.push(args[0]),
  });
  app.useBodyParser('json', { limit: '1mb' });
  app.useGlobalInterceptors(wrapping);
  app.useGlobalPipes(strict);
  await app.listen(0, '127.0.0.1');
  onTestFinished(() => app.close());
  return { url: (await app.getUrl()) + WEBHOOK_PATH, optOuts: app.get(OptOuts), errors };
}

it('hands deliveries to an injected service, with global pipes and interceptors around it', async () => {
  const { url, optOuts } = await startApp();
  const gateway = await startGateway(url);
  const delivery = await gateway.customer(BARE_PHONE).optsOut();
  expect(delivery.attempts.map(({ status, body }) => [status, body])).toEqual([[200, 'ok']]);
  expect([...optOuts.phones]).toEqual([PHONE]);
});

it('takes a delivery larger than the limit of Nest', async () => {
  const { url } = await startApp();
  const gateway = await startGateway(url);
  const delivery = await gateway.customer(PHONE).says('ا'.repeat(100_000));
  expect(delivery.attempts.map(({ status }) => status)).toEqual([200]);
});

it('refuses a forged delivery', async () => {
  const { url, optOuts, errors } = await startApp();
  expect(await postOptOut(url, PHONE, 'another secret')).toBe(401);
  expect(optOuts.phones.size).toBe(0);
  expect(errors).toEqual([]);
});

it('answers 500 and logs why when a handler fails', async () => {
  const { url, optOuts, errors } = await startApp();
  vi.spyOn(optOuts, 'record').mockRejectedValue(new Error('no database'));
  expect(await postOptOut(url, PHONE)).toBe(500);
  expect(errors).toEqual([expect.stringContaining('onOptOut failed')]);
});

it('says what is missing where Nest was not told to keep the bytes', async () => {
  const { url, errors } = await startApp({});
  expect(await postOptOut(url, PHONE)).toBe(500);
  expect(errors).toEqual([expect.stringContaining('The body was read before this middleware')]);
});
