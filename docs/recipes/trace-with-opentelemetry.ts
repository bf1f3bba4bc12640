/**
 * Spans and metrics for OpenTelemetry, from the package's diagnostics channels: nothing has to be passed around, and
 * nothing is measured while nobody listens.
 *
 * ```ts
 * // In the file that you load first (--import), beside your SDK.
 * const stop = traceWhatsAppGateway(trace.getTracer('whatsapp'), metrics.getMeter('whatsapp'));
 * ```
 *
 * A span for each delivery and each send, under whatever span is active there, such as the HTTP request's; and two
 * histograms in seconds, whose counts are your rates: alert on `outcome="failed"`, and on `outcome="unknown"`, which are
 * messages that may or may not have gone out.
 *
 * Pitfalls:
 * - The channels carry no phone and no text. Add none: traces are read by more people than your user table.
 * - `deliveryKey` differs for every delivery: fine on a span, ruinous on a metric.
 * - These spans are not active while your handler runs. Its own spans hang under the HTTP request's, beside ours.
 */
import { tracingChannel } from 'node:diagnostics_channel';
import {
  type Attributes,
  type Meter,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api';

/** What the channels carry, filled in as it becomes known. */
interface GatewayTrace {
  outcome?: string;
  status?: number;
  code?: string;
  event?: string;
  deliveryKey?: string;
  secretIndex?: number;
  purpose?: string;
  attempts?: number;
}

/** No fault of ours: it went well, or the sender of a bad delivery was turned away. */
const FINE: ReadonlySet<string | undefined> = new Set([
  'handled',
  'unhandled',
  'duplicate',
  'rejected',
  'sent',
]);

/** Only values that come from short lists: each combination is a time series. */
function metricAttributes({ outcome, code, event, purpose }: GatewayTrace): Attributes {
  return { outcome, code, event, purpose };
}

function endSpan(span: Span, { status, deliveryKey, secretIndex, attempts, ...rest }: GatewayTrace): void {
  const { outcome, code } = rest;
  span.setAttributes({
    ...metricAttributes(rest),
    'http.response.status_code': status,
    delivery_key: deliveryKey,
    secret_index: secretIndex,
    attempts,
  });
  if (!FINE.has(outcome))
    span.setStatus({ code: SpanStatusCode.ERROR, message: code ?? outcome ?? 'unknown' });
  span.end();
}

/** Starts measuring. Answers what ends it. */
export function traceWhatsAppGateway(tracer: Tracer, meter: Meter): () => void {
  function follow(direction: 'receive' | 'send', kind: SpanKind): () => void {
    const name = `whatsapp_gateway.${direction}`;
    const { start, asyncEnd } = tracingChannel(`express-whatsapp-gateway.${direction}`);
    const duration = meter.createHistogram(`${name}.duration`, { unit: 's' });
    const running = new WeakMap<object, { span: Span; startedAt: number }>();

    function onStart(message: unknown): void {
      running.set(message as object, {
        span: tracer.startSpan(name, { kind }),
        startedAt: performance.now(),
      });
    }
    function onEnd(message: unknown): void {
      const known = running.get(message as object);
      if (known === undefined) return;
      endSpan(known.span, message as GatewayTrace);
      duration.record(
        (performance.now() - known.startedAt) / 1_000,
        metricAttributes(message as GatewayTrace),
      );
    }

    start.subscribe(onStart);
    asyncEnd.subscribe(onEnd);
    return () => {
      start.unsubscribe(onStart);
      asyncEnd.unsubscribe(onEnd);
    };
  }

  const stops = [follow('receive', SpanKind.CONSUMER), follow('send', SpanKind.CLIENT)];
  return () => {
    for (const stop of stops) stop();
  };
}
