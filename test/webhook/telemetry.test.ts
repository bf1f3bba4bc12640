import { channel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RECEIVE_CHANNEL } from '../../src/telemetry.ts';
import { messageEvent, OTHER_SECRET, PHONE, SECRET, sign, TEXT } from '../support/deliveries.ts';
import { observedReceiver } from '../support/received.ts';

const DIGEST = /^[0-9a-f]{64}$/u;
const PHASES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

interface Published {
  readonly phase: string;
  /** As it was at that moment: the same object is published in each phase. */
  readonly shown: string;
  readonly message: unknown;
}

function follow(): Published[] {
  const published: Published[] = [];
  for (const phase of PHASES) {
    const phaseChannel = channel(`tracing:${RECEIVE_CHANNEL}:${phase}`);
    const listener = (message: unknown) => {
      const shown = `${inspect(message, { showHidden: true, depth: 9 })} ${JSON.stringify(message)}`;
      published.push({ phase, shown, message: { ...(message as object) } });
    };
    phaseChannel.subscribe(listener);
    onTestFinished(() => {
      phaseChannel.unsubscribe(listener);
    });
  }
  return published;
}

function ends(published: readonly Published[]): unknown[] {
  return published.filter(({ phase }) => phase === 'asyncEnd').map(({ message }) => message);
}

describe('the receiving channel', () => {
  it('is called express-whatsapp-gateway.receive', () => {
    expect(RECEIVE_CHANNEL).toBe('express-whatsapp-gateway.receive');
  });

  it('publishes each delivery with its outcome', async () => {
    const published = follow();
    const { receive } = observedReceiver({ onMessage: () => undefined, secret: [OTHER_SECRET, SECRET] });
    await receive(sign());
    await receive(sign());
    await receive({ ...sign(), rawBody: '{}' });
    const known = { event: 'message.received', deliveryKey: expect.stringMatching(DIGEST), secretIndex: 1 };
    expect(ends(published)).toEqual([
      expect.objectContaining({ outcome: 'handled', status: 200, ...known }),
      expect.objectContaining({ outcome: 'duplicate', status: 200, ...known }),
      expect.objectContaining({ outcome: 'rejected', status: 401, code: 'invalid_signature' }),
    ]);
    const fieldsOf = (trace: unknown) => Object.keys(trace as object).filter((name) => name !== 'result');
    expect(ends(published).map(fieldsOf)).toEqual([
      ['outcome', 'status', 'event', 'secretIndex', 'deliveryKey'],
      ['outcome', 'status', 'event', 'secretIndex', 'deliveryKey'],
      ['outcome', 'status', 'code'],
    ]);
    expect(published.filter(({ phase }) => phase === 'start')).toHaveLength(3);
  });

  it('publishes the same where nobody asked for outcomes, and warns of nothing', async () => {
    const published = follow();
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    onTestFinished(() => warned.mockRestore());
    const { receive } = observedReceiver({ onMessage: () => undefined, onOutcome: undefined });
    await receive(sign());
    expect(ends(published)).toEqual([expect.objectContaining({ outcome: 'handled', status: 200 })]);
    expect(warned).not.toHaveBeenCalled();
  });

  it('publishes no secret, phone or text, whatever happens', async () => {
    const published = follow();
    const leaky = new Error(`${SECRET} ${PHONE} ${TEXT}`);
    const fail = () => {
      throw leaky;
    };
    const failing = [
      observedReceiver({ onMessage: fail }),
      observedReceiver({ deliveryKey: fail, onMessage: fail }),
      observedReceiver({ now: fail }),
      observedReceiver({ onMessage: () => new Promise(() => undefined), handlerTimeoutMs: 1 }),
      observedReceiver({ onMessage: () => leaky }),
      observedReceiver({
        onMessage: () => leaky,
        deliveryKey: ({ from, message_text }) => `${from} ${message_text}`,
      }),
      observedReceiver({}),
    ];
    for (const { receive } of failing) {
      await receive(sign());
      await receive({ ...sign(), rawBody: async () => Promise.reject(leaky) });
      await receive(sign({ ...messageEvent, from: Number(PHONE) }));
      await receive(sign(JSON.stringify(messageEvent).slice(0, -1)));
    }
    expect(ends(published)).toHaveLength(4 * failing.length);
    for (const { shown } of published) {
      for (const secret of [SECRET, PHONE.slice(1), TEXT]) expect(shown).not.toContain(secret);
    }
  });

  it('answers the same whether anybody follows or not', async () => {
    const delivery = sign();
    const unobserved = await observedReceiver({ onMessage: () => undefined }).receive(delivery);
    follow();
    expect(await observedReceiver({ onMessage: () => undefined }).receive(delivery)).toEqual(unobserved);
  });
});
