import type { Fault } from '../fault.ts';
import type { GatewayEmulator } from '../gateway.ts';
import type {
  AcceptedMessage,
  DeliveryAttempt,
  EmulatorState,
  HeaderRecord,
  ReceivedRequest,
  Usage,
  WebhookDelivery,
} from '../model.ts';
import type {
  AttemptJson,
  ClockJson,
  DeliveryJson,
  FaultJson,
  MessageJson,
  RequestJson,
  StateJson,
  UsageJson,
} from './json-types.ts';
import { createHide, type Hide, maskSecret } from './mask.ts';
import { packageVersion } from './package-version.ts';

/** Writes one emulator's records as the control API shows them: no API key and no webhook secret is in them. */
export interface ToJson {
  message(message: AcceptedMessage): MessageJson;
  request(request: ReceivedRequest): RequestJson;
  delivery(delivery: WebhookDelivery): DeliveryJson;
  fault(fault: Fault): FaultJson;
  /** Newest first, as every list. */
  faults(): FaultJson[];
  clock(): ClockJson;
  state(): StateJson;
}

function usageJson({ used, limit }: Usage): UsageJson {
  return { used, limit: limit ?? null };
}

function clockJson({ now, offsetMs }: EmulatorState['clock']): ClockJson {
  return { now: now.toISOString(), offsetMs };
}

function hideInHeaders(headers: HeaderRecord, hide: Hide): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hide.text(value)]));
}

function messageJson({ messageId, message, at, ...others }: AcceptedMessage): MessageJson {
  const { logId, requestId, instanceId, phone, purpose } = others;
  return { id: messageId, logId, requestId, instanceId, phone, text: message, purpose, at: at.toISOString() };
}

function requestJson(request: ReceivedRequest, hide: Hide): RequestJson {
  const { id, method, answer, durationMs } = request;
  const bytes = hide.bytes(request.rawBody);
  return {
    id,
    at: request.at.toISOString(),
    method,
    path: hide.text(request.path),
    headers: hideInHeaders(request.headers, hide),
    bodyText: bytes.toString('utf8'),
    bodyBase64: bytes.toString('base64'),
    phone: request.phone ?? null,
    text: request.text === undefined ? null : hide.text(request.text),
    purpose: request.purpose === undefined ? null : hide.text(request.purpose),
    answer:
      answer === undefined
        ? null
        : { status: answer.status, headers: { ...answer.headers }, bodyText: answer.body },
    code: request.code ?? null,
    why: request.why ?? null,
    docsUrl: request.docsUrl ?? null,
    messageId: request.messageId ?? null,
    fault: request.fault ?? null,
    durationMs,
  };
}

function attemptJson(attempt: DeliveryAttempt, hide: Hide): AttemptJson {
  const { number, at, url, requestHeaders, rawBody, signature, status, headers, body, error } = attempt;
  return {
    number,
    at: at.toISOString(),
    url,
    requestHeaders: { ...requestHeaders },
    bodyText: rawBody.toString('utf8'),
    bodyBase64: rawBody.toString('base64'),
    signature: {
      timestampHeader: signature.timestampHeader ?? null,
      signedText: signature.signedText,
      expected: signature.expected,
      sent: signature.sent ?? null,
      ageSeconds: signature.ageSeconds ?? null,
    },
    response:
      status === undefined
        ? null
        : { status, headers: hideInHeaders(headers ?? {}, hide), bodyText: hide.text(body ?? '') },
    error: error === undefined ? null : { code: error.code ?? error.name, message: hide.text(error.message) },
    durationMs: attempt.durationMs ?? null,
    fault: attempt.fault ?? null,
    hint: attempt.hint ?? null,
  };
}

function deliveryJson(delivery: WebhookDelivery, hide: Hide): DeliveryJson {
  const { id, state, origin, attempts, nextAttemptAt } = delivery;
  return {
    id,
    at: delivery.at.toISOString(),
    event: delivery.eventName ?? null,
    from: delivery.from ?? null,
    text: delivery.text ?? null,
    state,
    origin,
    resendOf: delivery.resendOf ?? null,
    attempts: attempts.map((attempt) => attemptJson(attempt, hide)),
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
  };
}

function faultJson({ id, on, type, when, times, remaining, probability, params }: Fault): FaultJson {
  return {
    id,
    on,
    type,
    ...(when === undefined ? {} : { when }),
    times,
    remaining,
    ...(probability === undefined ? {} : { probability }),
    params: { ...params },
  };
}

function stateJson({ url, instanceId, apiKey, state }: GatewayEmulator): StateJson {
  const { usage, webhook, throttle } = state;
  return {
    url,
    version: packageVersion,
    instanceId,
    instanceState: state.instanceState,
    apiKeyMasked: maskSecret(apiKey),
    keyRevoked: state.keyRevoked,
    plan: state.plan,
    usage: { day: usageJson(usage.day), month: usageJson(usage.month) },
    throttle: throttle === undefined ? null : { limit: throttle.limit, perSeconds: throttle.perSeconds },
    webhook: webhook === undefined ? null : { url: webhook.url, secretMasked: maskSecret(webhook.secret) },
    bodyStyle: state.bodyStyle,
    timestampStyle: state.timestampStyle,
    clock: clockJson(state.clock),
    suppressed: [...state.suppressed],
  };
}

/** Makes the writer of one emulator. */
export function createToJson(gateway: GatewayEmulator): ToJson {
  const hide = (): Hide => createHide([gateway.apiKey, gateway.webhookSecret]);
  return {
    message: messageJson,
    request: (request) => requestJson(request, hide()),
    delivery: (delivery) => deliveryJson(delivery, hide()),
    fault: faultJson,
    faults: () => gateway.faults.list().map(faultJson).reverse(),
    clock: () => clockJson(gateway.state.clock),
    state: () => stateJson(gateway),
  };
}
