import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createWebhookReceiver } from 'express-whatsapp-gateway';
import { messageReceived, recipientOptedOut, signWebhook } from 'express-whatsapp-gateway/testing';
import { expect, it, onTestFinished } from 'vitest';
import { traceWhatsAppGateway } from '../trace-with-opentelemetry.ts';
import { PHONE, SECRET, senderTo, startGateway } from './support/gateway.ts';

const TEXT = 'مرحبا، أين طلبي؟';

/** The recipe on a real SDK whose exporters keep everything. */
function startTelemetry() {
  const spanExporter = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
  const meters = new MeterProvider({ readers: [reader] });
  const stop = traceWhatsAppGateway(tracers.getTracer('test'), meters.getMeter('test'));
  onTestFinished(async () => {
    stop();
    await meters.shutdown();
    await tracers.shutdown();
  });
  /** Each series of a histogram: its attributes, and how often it was recorded. */
  async function series(name: string) {
    await reader.forceFlush();
    const found =
      metricExporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
    const points = found.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    return points.map(({ attributes, value }) => ({
      ...attributes,
      count: (value as { count: number }).count,
    }));
  }
  return { tracers, spans: () => spanExporter.getFinishedSpans(), series, stop };
}

it('makes a span and a measurement of each delivery', async () => {
  const { spans, series } = startTelemetry();
  const receiver = createWebhookReceiver({
    secret: SECRET,
    onMessage: () => undefined,
    onOptOut: () => Promise.reject(new Error(`no database for ${PHONE}`)),
  });
  const message = signWebhook({ secret: SECRET, body: messageReceived({ message_text: TEXT }) });
  await receiver.receive(message);
  await receiver.receive(message);
  await receiver.receive(signWebhook({ secret: SECRET, body: recipientOptedOut() }));
  await receiver.receive(signWebhook({ secret: 'another secret', body: messageReceived() }));

  expect(spans().map(({ name, kind, status }) => [name, kind, status.code])).toEqual([
    ['whatsapp_gateway.receive', SpanKind.CONSUMER, SpanStatusCode.UNSET],
    ['whatsapp_gateway.receive', SpanKind.CONSUMER, SpanStatusCode.UNSET],
    ['whatsapp_gateway.receive', SpanKind.CONSUMER, SpanStatusCode.ERROR],
    ['whatsapp_gateway.receive', SpanKind.CONSUMER, SpanStatusCode.UNSET],
  ]);
  expect(spans().map(({ attributes }) => attributes)).toMatchObject([
    { outcome: 'handled', event: 'message.received', 'http.response.status_code': 200, secret_index: 0 },
    { outcome: 'duplicate', 'http.response.status_code': 200 },
    { outcome: 'failed', code: 'handler_failed', 'http.response.status_code': 500 },
    { outcome: 'rejected', code: 'invalid_signature', 'http.response.status_code': 401 },
  ]);
  expect(await series('whatsapp_gateway.receive.duration')).toMatchObject([
    { outcome: 'handled', event: 'message.received', count: 1 },
    { outcome: 'duplicate', event: 'message.received', count: 1 },
    { outcome: 'failed', code: 'handler_failed', event: 'recipient.opted_out', count: 1 },
    { outcome: 'rejected', code: 'invalid_signature', count: 1 },
  ]);
});

it('makes a span and a measurement of each send, also of one that may have gone out', async () => {
  const { spans, series } = startTelemetry();
  const gateway = await startGateway();
  const sender = senderTo(gateway);
  const message = { phone: PHONE, message: TEXT, purpose: 'support' } as const;
  await sender.send(message);
  gateway.faults.add({ on: 'send', type: 'reset', when: 'after' });
  await expect(sender.send(message)).rejects.toMatchObject({ outcome: 'unknown' });
  expect(spans().map(({ name, kind, status }) => [name, kind, status.code])).toEqual([
    ['whatsapp_gateway.send', SpanKind.CLIENT, SpanStatusCode.UNSET],
    ['whatsapp_gateway.send', SpanKind.CLIENT, SpanStatusCode.ERROR],
  ]);
  expect(await series('whatsapp_gateway.send.duration')).toMatchObject([
    { outcome: 'sent', purpose: 'support', count: 1 },
    { outcome: 'unknown', code: 'connection_failed', purpose: 'support', count: 1 },
  ]);
});

it('keeps phones, texts and keys out of everything that is exported', async () => {
  const { spans, series } = startTelemetry();
  const gateway = await startGateway();
  await senderTo(gateway).send({ phone: PHONE, message: TEXT, purpose: 'support' });
  const onMessage = () => Promise.reject(new Error(`${PHONE} ${TEXT}`));
  const receiver = createWebhookReceiver({ secret: SECRET, onMessage });
  await receiver.receive(signWebhook({ secret: SECRET, body: messageReceived({ message_text: TEXT }) }));
  const exported = JSON.stringify([
    spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
    await series('whatsapp_gateway.send.duration'),
    await series('whatsapp_gateway.receive.duration'),
  ]);
  expect(spans()).toHaveLength(2);
  for (const secret of [PHONE.slice(1), TEXT, SECRET, gateway.apiKey]) expect(exported).not.toContain(secret);
});

it('measures nothing more once it is stopped', async () => {
  const { spans, stop } = startTelemetry();
  const receiver = createWebhookReceiver({ secret: SECRET });
  await receiver.receive(signWebhook({ secret: SECRET, body: messageReceived() }));
  stop();
  await receiver.receive(signWebhook({ secret: SECRET, body: recipientOptedOut() }));
  expect(spans()).toHaveLength(1);
});

it('hangs its span under the one that is active', async () => {
  const { tracers, spans } = startTelemetry();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(() => context.disable());
  const gateway = await startGateway();
  const sender = senderTo(gateway);
  const request = tracers.getTracer('http').startSpan('POST /orders');
  await context.with(trace.setSpan(context.active(), request), () =>
    sender.send({ phone: PHONE, message: TEXT, purpose: 'support' }),
  );
  expect(spans()[0]?.parentSpanContext).toEqual(request.spanContext());
});
