import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import type { WebhookOutcome } from '../../src/webhook/outcome.ts';
import type { WebhookRequest } from '../../src/webhook/receiver.ts';
import { deferred } from '../support/deferred.ts';
import {
  messageEvent,
  NOW,
  OTHER_SECRET,
  optOutEvent,
  PHONE,
  SECRET,
  sign,
  TEXT,
} from '../support/deliveries.ts';
import { observedReceiver } from '../support/received.ts';
import { recordingStore } from '../support/stores.ts';

const failing = async () => {
  throw new Error('down');
};
const never = () => new Promise<never>(() => undefined);
const old = sign(messageEvent, { timestamp: NOW - 301_000 });
const { headers, rawBody } = sign();

interface Row {
  readonly name: string;
  readonly options?: Partial<WebhookOptions>;
  readonly request?: WebhookRequest;
  readonly outcome: Partial<WebhookOutcome>;
  readonly code?: string;
}

const rows: readonly Row[] = [
  { name: 'handled', outcome: { type: 'handled', status: 200 } },
  { name: 'no handler', request: sign(optOutEvent), outcome: { type: 'unhandled', status: 200 } },
  ...(
    [
      ['method_not_allowed', 405, { headers, rawBody, method: 'GET' }],
      ['missing_header', 401, { headers: {}, rawBody }],
      ['invalid_signature', 401, { headers, rawBody: '{}' }],
      ['timestamp_out_of_range', 401, old],
      ['invalid_timestamp', 400, sign(messageEvent, { timestamp: 'yesterday' })],
      ['invalid_json', 400, sign('{')],
      ['invalid_event', 400, sign('{}')],
      ['request_aborted', 400, { headers, rawBody: failing }],
      ['body_too_large', 413, sign('x'.repeat(5_000))],
      ['unsupported_content_encoding', 415, { headers: { ...headers, 'content-encoding': 'br' }, rawBody }],
      ['unsupported_content_type', 415, { headers: { ...headers, 'content-type': 'text/plain' }, rawBody }],
    ] as const
  ).map(([code, status, request]) => ({
    name: code,
    code,
    options: { bodyLimitBytes: 4_000 },
    request,
    outcome: { type: 'rejected', status } as const,
  })),
  {
    name: 'raw_body_unavailable',
    code: 'raw_body_unavailable',
    request: { headers, rawBody: {} as never },
    outcome: { type: 'failed', status: 500 },
  },
  {
    name: 'handler_failed',
    code: 'handler_failed',
    options: { onMessage: failing },
    outcome: { type: 'failed', status: 500 },
  },
  {
    name: 'handler_timeout',
    code: 'handler_timeout',
    options: { onMessage: never, handlerTimeoutMs: 1 },
    outcome: { type: 'timed_out', status: 503 },
  },
  {
    name: 'store_unavailable',
    code: 'store_unavailable',
    options: { deliveries: recordingStore({ claim: failing }) },
    outcome: { type: 'failed', status: 503 },
  },
  {
    name: 'delivery_in_flight',
    code: 'delivery_in_flight',
    options: { deliveries: recordingStore({ claim: async () => 'in_flight' }) },
    outcome: { type: 'duplicate', status: 503 },
  },
  {
    name: 'a finished duplicate',
    options: { deliveries: recordingStore({ claim: async () => 'done' }) },
    outcome: { type: 'duplicate', status: 200 },
  },
  {
    name: 'handled but not remembered',
    code: 'store_unavailable',
    options: { deliveries: recordingStore({ complete: failing }) },
    outcome: { type: 'handled', status: 200 },
  },
];

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('onOutcome', () => {
  it.each(rows)('sees "$name" exactly once', async ({ options, request = sign(), outcome, code }) => {
    const { outcomes, receive } = observedReceiver({ onMessage: () => undefined, ...options });
    const { status } = await receive(request);
    expect(outcomes).toMatchObject([{ ...outcome, durationMs: expect.any(Number) }]);
    expect(outcomes[0]?.error?.code).toBe(code);
    expect(status).toBe(outcome.status);
    expect(outcomes[0]?.durationMs).toBeGreaterThanOrEqual(0);
  });

  it.each(rows)('knows of "$name" the event and the time only where the signature held', async (row) => {
    const { outcomes, receive } = observedReceiver({ onMessage: () => undefined, ...row.options });
    await receive(row.request ?? sign());
    const held = outcomes[0]?.type !== 'rejected' && row.code !== 'raw_body_unavailable';
    expect('event' in (outcomes[0] ?? {})).toBe(held);
    expect('timestamp' in (outcomes[0] ?? {})).toBe(held);
    expect('secretIndex' in (outcomes[0] ?? {})).toBe(held);
  });

  it.each(rows)('of "$name" holds no phone, no text and no secret', async (row) => {
    const { outcomes, receive } = observedReceiver({
      secret: [OTHER_SECRET, SECRET],
      onMessage: () => undefined,
      ...row.options,
    });
    await receive(row.request ?? sign());
    const shown = inspect(outcomes, { showHidden: true, depth: 9 });
    for (const secret of [PHONE.slice(1), TEXT, SECRET, OTHER_SECRET]) expect(shown).not.toContain(secret);
  });

  it('is told of a slow handler once, when it is answered, and not again when it ends', async () => {
    const work = deferred();
    const { outcomes, receive } = observedReceiver({ onMessage: () => work.promise, handlerTimeoutMs: 1 });
    await receive(sign());
    work.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes).toHaveLength(1);
  });

  it('measures how long the handler took', async () => {
    vi.useFakeTimers();
    const { outcomes, receive } = observedReceiver({
      onMessage: () => new Promise((resolve) => setTimeout(resolve, 1_234)),
    });
    // So that the clock does not begin at zero.
    await vi.advanceTimersByTimeAsync(100);
    const answer = receive(sign());
    await vi.advanceTimersByTimeAsync(1_234);
    await answer;
    expect(outcomes[0]?.durationMs).toBe(1_234);
  });
});

describe('an onOutcome that fails', () => {
  it.each<[string, unknown]>([
    ['an error', new Error('the log is full')],
    ['undefined', undefined],
    ['a symbol', Symbol('no')],
    ['an object without prototype', Object.create(null)],
    [
      'an object that cannot be made text',
      {
        toString() {
          throw new Error('no text');
        },
      },
    ],
  ])('with %s changes nothing and is warned of', async (_name, thrown) => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const failures = [
      () => {
        throw thrown;
      },
      () => Promise.reject(thrown),
    ];
    for (const onOutcome of failures) {
      const onMessage = vi.fn();
      const { receive } = observedReceiver({ onMessage, onOutcome });
      expect((await receive(sign())).status).toBe(200);
      expect((await receive(sign())).status).toBe(200);
      expect(onMessage).toHaveBeenCalledOnce();
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(emitWarning).toHaveBeenCalledTimes(4);
    expect(emitWarning).toHaveBeenCalledWith(
      expect.stringContaining('onOutcome failed: '),
      'WhatsAppGatewayWarning',
    );
  });

  it('by never settling keeps no answer back', async () => {
    const { receive } = observedReceiver({ onMessage: () => undefined, onOutcome: never });
    expect((await receive(sign())).status).toBe(200);
  });
});
