import type { DeliveryJson, ResendJson } from '../../../../src/emulator/control/json-types.ts';
import { ATTEMPTS_MAX, RETRY_MS } from './backend.ts';
import { newAttempt, newDelivery, newRequest, phpJson } from './fake-records.ts';
import type { FakeState } from './fake-state.ts';

const DOCS = 'docs/errors.md';

function readFields(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Delivers to the app over real HTTP, with one retry. */
async function run(
  state: FakeState,
  delivery: DeliveryJson,
  bodyText: string,
  signedAt?: string,
): Promise<void> {
  const fault = state.takeFault('delivery')?.type ?? null;
  for (let number = 1; number <= ATTEMPTS_MAX; number += 1) {
    const attempt = newAttempt({
      number,
      url: state.webhookUrl,
      event: delivery.event ?? '',
      bodyText,
      at: state.now(),
      fault: number === 1 ? fault : null,
      ...(signedAt === undefined ? {} : { signedAt }),
    });
    delivery.attempts.push(attempt);
    state.putDelivery(delivery);
    const began = performance.now();
    try {
      const init = { method: 'POST', headers: attempt.requestHeaders, body: bodyText };
      const response = await fetch(attempt.url, init);
      const headers = Object.fromEntries(response.headers);
      attempt.response = { status: response.status, headers, bodyText: await response.text() };
    } catch {
      attempt.error = { code: 'ECONNREFUSED', message: 'Nothing listens at the address.' };
    }
    attempt.durationMs = performance.now() - began;
    const delivered = (attempt.response?.status ?? 500) < 400;
    if (attempt.response?.status === 401)
      attempt.hint = 'The app has another secret. Set WHATSAPP_GATEWAY_WEBHOOK_SECRET.';
    delivery.state = delivered ? 'delivered' : number === ATTEMPTS_MAX ? 'failed' : 'pending';
    delivery.nextAttemptAt =
      delivery.state === 'pending' ? new Date(Date.parse(state.now()) + RETRY_MS).toISOString() : null;
    state.putDelivery(delivery);
    if (delivered) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** What happens at the gateway: customers write, the app sends. */
export function createFakeGateway(state: FakeState) {
  function deliver(fields: Partial<DeliveryJson>, bodyText: string, signedAt?: string): DeliveryJson {
    const delivery = newDelivery(`dlv_${state.nextId()}`, state.now(), fields);
    state.putDelivery(delivery);
    void run(state, delivery, bodyText, signedAt);
    return structuredClone(delivery);
  }

  return {
    say(from: string, text: string): DeliveryJson {
      const event = {
        event: 'message.received',
        instance_id: 'emu_instance',
        from,
        message_text: text,
        message_type: 'text',
      };
      return deliver({ from, text }, phpJson(event));
    },

    optOut(from: string): DeliveryJson {
      state.suppressed.add(from);
      state.tellState();
      const event = 'recipient.opted_out';
      return deliver({ event, from }, phpJson({ event, from }));
    },

    resend(original: DeliveryJson, { mode, bodyText }: ResendJson): DeliveryJson {
      const last = original.attempts.at(-1);
      const body = mode === 'edited' ? (bodyText ?? '') : (last?.bodyText ?? '');
      const fields = readFields(body);
      return deliver(
        {
          event: textOf(fields.event),
          from: textOf(fields.from) ?? original.from,
          text: textOf(fields.message_text),
          origin: 'resend',
          resendOf: original.id,
        },
        body,
        mode === 'exact' ? (last?.signature.timestampHeader ?? undefined) : undefined,
      );
    },

    send(bodyText: string): { status: number; body: string } {
      const { phone, message, message_purpose: purpose } = readFields(bodyText);
      const to = `+${String(phone).replace(/\D/gu, '')}`;
      const fault = state.takeFault('send');
      const code =
        fault?.type === 'code'
          ? String(fault.params?.code)
          : state.suppressed.has(to)
            ? 'recipient_suppressed'
            : null;
      const why = code === null ? null : 'The recipient opted out or is blocked.';
      const id = state.nextId();
      const sent = code === null;
      if (sent) state.used += 1;
      const body = sent
        ? { success: true, status: 'sent', message_id: `msg_${id}`, log_id: id }
        : { success: false, error: code, message: why, details: { action: 'block' } };
      const hidden = fault?.type === 'status' && fault.when === 'after';
      const answer = {
        status: hidden ? Number(fault.params?.status) : sent ? 200 : 403,
        headers: { 'content-type': 'application/json' },
        bodyText: hidden ? '' : JSON.stringify(body),
      };
      state.putRequest(
        newRequest(`req_${id}`, state.now(), {
          bodyText,
          phone: to,
          text: textOf(message),
          purpose: textOf(purpose),
          answer,
          code: hidden ? 'unknown_error' : code,
          why,
          docsUrl: code === null ? null : `${DOCS}#${code}`,
          messageId: sent ? `msg_${id}` : null,
          fault: fault?.type ?? null,
        }),
      );
      if (sent) state.tellState();
      return { status: answer.status, body: answer.bodyText };
    },
  };
}
