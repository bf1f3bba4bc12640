import express from 'express';
import { createSender } from 'express-whatsapp-gateway';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../../examples/express-app/src/app.ts';
import { type OpenDatabase, openDatabase } from '../../../examples/express-app/src/database.ts';
import { hasOptedOut } from '../../../examples/express-app/src/users.ts';
import { startRepliesGateway } from '../../../src/emulator/check/index.ts';
import { CHECK_FAILING_PHONE } from '../../../src/emulator/check/limits.ts';
import { whatsappGatewayWebhook } from '../../../src/webhook/middleware.ts';
import { expressVersions } from '../../support/hosts.ts';
import { check, createWork, idsOf, resultOf, SECRET } from './checking.ts';

describe('check of the example app', () => {
  let database: OpenDatabase;

  beforeAll(async () => {
    database = await openDatabase();
  });

  afterAll(() => database?.close());

  it('passes everything, with the replies it sends counted', async () => {
    const replies = await startRepliesGateway();
    const sender = createSender({
      apiKey: 'key_of_the_app',
      instanceId: 'inst_of_the_app',
      baseUrl: replies.url,
      isSuppressed: (phone) => hasOptedOut(database.db, phone),
    });
    onTestFinished(async () => {
      await sender.close();
      await replies.close();
    });
    const app = createApp({ db: database.db, sender, webhookSecret: SECRET, log: () => undefined });
    const report = await check(app, {
      path: '/webhooks/whatsapp-gateway',
      countEffects: replies.countEffects,
      failingFrom: CHECK_FAILING_PHONE,
    });
    expect(report.results.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(report.framework).toBe('express-whatsapp-gateway');
    expect(resultOf(report, 'concurrent').reason).toContain('503 {"error":"delivery_in_flight"}');
  });
});

describe('check', () => {
  it.each(expressVersions)('lets the middleware pass everything in $name', async ({ express: version }) => {
    const { handle, countEffects } = createWork();
    const onEvent = ({ event, from }: { event: string; from?: unknown }) =>
      handle({ event, from: typeof from === 'string' ? from : '' });
    const app = version();
    app.post('/webhook', whatsappGatewayWebhook({ secret: SECRET, onEvent }));
    const report = await check(app, { countEffects, failingFrom: CHECK_FAILING_PHONE });
    expect(report.results.filter(({ status }) => status !== 'pass')).toEqual([]);
  });

  it('sees that the middleware was told to handle copies again', async () => {
    const { handle, countEffects } = createWork();
    const app = express();
    app.post(
      '/webhook',
      whatsappGatewayWebhook({
        secret: SECRET,
        deliveries: false,
        toleranceSeconds: Number.POSITIVE_INFINITY,
        onMessage: ({ event, from }) => handle({ event, from }),
      }),
    );
    const report = await check(app, { countEffects });
    expect(idsOf(report, 'fail')).toEqual(['stale', 'future', 'duplicate-once', 'concurrent-once']);
    expect(resultOf(report, 'stale').advice).toContain('toleranceSeconds lets an hour pass');
    expect(resultOf(report, 'duplicate-once').advice).toContain('redisDeliveryStore');
  });

  it('says how the work can be counted where an app does none that can', async () => {
    const app = express().post('/webhook', whatsappGatewayWebhook({ secret: SECRET }));
    const report = await check(app, { countEffects: () => 0 });
    expect(report.ok).toBe(true);
    const { status, reason, advice } = resultOf(report, 'duplicate-once');
    expect(status).toBe('skip');
    expect(reason).toBe('the app did nothing for the message that could be counted');
    expect(advice).toContain('--replies-port');
  });

  it('fails where the counting itself does', async () => {
    const app = express().post('/webhook', whatsappGatewayWebhook({ secret: SECRET }));
    const countEffects = () => Promise.reject(new Error('no such table'));
    const report = await check(app, { countEffects });
    expect(report.ok).toBe(false);
    expect(resultOf(report, 'duplicate-once').reason).toBe('the probe itself failed: Error: no such table');
  });
});
