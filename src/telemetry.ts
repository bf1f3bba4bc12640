import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';

/** The name of the tracing channel for received deliveries. */
export const RECEIVE_CHANNEL = 'express-whatsapp-gateway.receive';
/** The name of the tracing channel for sent messages. */
export const SEND_CHANNEL = 'express-whatsapp-gateway.send';

/**
 * What the receiving channel carries: the outcome of one delivery, and never a secret, a phone number or a text.
 * Fields are filled in as they become known; `asyncEnd` sees them all.
 */
export interface ReceiveTrace {
  /** `handled`, `unhandled`, `duplicate`, `rejected`, `failed` or `timed_out`. */
  outcome?: string;
  /** The HTTP status that is answered. */
  status?: number;
  /** Why it was not handled, if it was not. */
  code?: string;
  /** The event's name, once the signature held. */
  event?: string;
  /** What duplicates are told by; left out where it comes from your own `deliveryKey`, which may show a phone. */
  deliveryKey?: string;
  /** Which of the secrets signed it, counted from 0. */
  secretIndex?: number;
}

/**
 * What the sending channel carries: the outcome of one send, and never the API key, a phone number or a text.
 * Fields are filled in as they become known; `asyncEnd` sees them all.
 */
export interface SendTrace {
  /** The purpose the message is sent for. */
  purpose?: string;
  /** `sent`, `not_sent` or `unknown`. */
  outcome?: string;
  /** The HTTP status the gateway answered, if it did. */
  status?: number;
  /** Why it failed, if it did. */
  code?: string;
  /** How many times a connection was asked to carry the message. */
  attempts?: number;
  /** How long the whole send took, in milliseconds. */
  durationMs?: number;
}

/** Follow it to trace receiving; see {@link ReceiveTrace}. */
export const receiveChannel: TracingChannel<ReceiveTrace> = tracingChannel<ReceiveTrace>(RECEIVE_CHANNEL);
/** Follow it to trace sending; see {@link SendTrace}. */
export const sendChannel: TracingChannel<SendTrace> = tracingChannel<SendTrace>(SEND_CHANNEL);
