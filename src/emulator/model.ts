import type { BodyStyle } from './encode-body.ts';
import type { Plan, Throttle, TimestampStyle } from './options.ts';
import type { AllowedSend } from './rules.ts';
import type { EmulatorWebhook, ResolvedWebhook } from './webhook-target.ts';

/** Header names in lower case with one text each; several of the same name are joined by a comma. */
export type HeaderRecord = Readonly<Record<string, string>>;

/** A message that the gateway accepted. */
export interface AcceptedMessage extends AllowedSend {
  /** The id in the gateway's answer. Never given twice by one emulator. */
  readonly messageId: string;
  /** The log number in the gateway's answer, counted from 1. */
  readonly logId: number;
  /** The request that brought it: the `id` of one of `requests`. */
  readonly requestId: string;
  /** When it was accepted, by the emulator's clock. */
  readonly at: Date;
}

/** What the app got for a request, as it went over the wire. */
export interface SentAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: HeaderRecord;
  /** The body as text. */
  readonly body: string;
}

/** A POST that the gateway read to its end, to whatever path, with what it answered. */
export interface ReceivedRequest {
  /** Such as `emu_req_1`. */
  readonly id: string;
  /** When it had been read, by the emulator's clock. */
  readonly at: Date;
  /** Always `POST`. */
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  /** The headers, without `authorization`: a real key used by mistake must not end in a test's output. */
  readonly headers: HeaderRecord;
  /** The bytes; none of them where there were too many. */
  readonly rawBody: Buffer;
  /** The recipient in E.164, where the body names one. */
  readonly phone: string | undefined;
  /** The message, where the body has one. */
  readonly text: string | undefined;
  /** The purpose, where the body has one, allowed or not. */
  readonly purpose: string | undefined;
  /** The answer; `undefined` where a fault left the app without one, or the app did not wait for it. */
  readonly answer: SentAnswer | undefined;
  /** The code of a refusal. */
  readonly code: string | undefined;
  /** What a refusal says. */
  readonly why: string | undefined;
  /** The page that explains the code. */
  readonly docsUrl: string | undefined;
  /** The message it became, also where a fault hid that from the app. */
  readonly messageId: string | undefined;
  /** The type of the fault that was at work. */
  readonly fault: string | undefined;
  /** From the last byte read to the answer given, in real time. */
  readonly durationMs: number;
}

/** How an attempt was signed. */
export interface AttemptSignature {
  /** The timestamp header's text. */
  readonly timestampHeader: string | undefined;
  /** What was signed: that text, a dot and the body, as text. */
  readonly signedText: string;
  /** The body that was signed, as bytes: what was sent, unless a fault changed it afterwards. */
  readonly signedBody: Buffer;
  /** The right signature over it. */
  readonly expected: string;
  /** The signature header that was sent, if one was. */
  readonly sent: string | undefined;
  /** How old the timestamp was by the emulator's clock when it was sent; negative when it was ahead. */
  readonly ageSeconds: number | undefined;
}

/** One try to deliver: under way while `durationMs` is `undefined`, then with an answer or an error. */
export interface DeliveryAttempt {
  /** Counted from 1, copies that a fault added included. */
  readonly number: number;
  /** When it began, by the emulator's clock. */
  readonly at: Date;
  /** Where it went. */
  readonly url: string;
  /** The headers that were sent. */
  readonly requestHeaders: HeaderRecord;
  /** The bytes that were sent, as the receiver reads them (without the framing of chunks). */
  readonly rawBody: Buffer;
  /** How it was signed. */
  readonly signature: AttemptSignature;
  /** The HTTP status of the answer. */
  readonly status: number | undefined;
  /** The answer's headers. */
  readonly headers: HeaderRecord | undefined;
  /** The first 64 KiB of the answer's body as text. */
  readonly body: string | undefined;
  /** Why there was no whole answer. */
  readonly error:
    | (Error & {
        /** Node's own where there is one, such as `ECONNREFUSED`. */
        readonly code?: string;
      })
    | undefined;
  /** From the first byte sent to the last one read, connecting included, in real time. */
  readonly durationMs: number | undefined;
  /** The type of the fault that was at work. */
  readonly fault: string | undefined;
  /** The likely cause of a failure, and what to change. */
  readonly hint: string | undefined;
}

/**
 * How far a delivery is: `pending` until the app has answered one attempt with a 2xx (`delivered`), the last attempt
 * has failed (`failed`; also when the emulator was reset or closed), or a fault lost it (`dropped`).
 */
export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'dropped';

/** Where a delivery came from: a played customer, `deliver`, or `resend`. */
export type DeliveryOrigin = 'customer' | 'api' | 'resend';

/** An event on its way to the app. It is live: its state and attempts change as it goes. */
export interface WebhookDelivery<Event = unknown> {
  /** Such as `emu_del_1`. */
  readonly id: string;
  /** When it was begun, by the emulator's clock. */
  readonly at: Date;
  /** What is delivered, as it was given. */
  readonly event: Event;
  /** The event's name, where it has one. */
  readonly eventName: string | undefined;
  /** The event's `from`, as it is spelled there. */
  readonly from: string | undefined;
  /** The event's `message_text`. */
  readonly text: string | undefined;
  /** Where it came from. */
  readonly origin: DeliveryOrigin;
  /** The delivery that this one repeats. */
  readonly resendOf: string | undefined;
  /** How far it is. */
  readonly state: DeliveryState;
  /** Every try so far, oldest first, the one under way included: a copy, as of now. */
  readonly attempts: readonly DeliveryAttempt[];
  /** When it is tried next, by the emulator's clock. */
  readonly nextAttemptAt: Date | undefined;
  /** The headers of the first attempt, the signature included; empty before it was made. */
  readonly headers: HeaderRecord;
  /** The bytes of the first attempt; none before it was made. */
  readonly rawBody: Buffer;
  /** Resolves with the delivery itself once its state is no longer `pending`. Never rejects. */
  settled(): Promise<WebhookDelivery<Event>>;
}

/** How many messages were accepted in a span, and how many may be. */
export interface Usage {
  /** Accepted so far. */
  readonly used: number;
  /** The plan's limit; `undefined` is none. */
  readonly limit: number | undefined;
}

/** The account as the dashboard would show it, and the emulator's own settings: a copy, as of now. */
export interface EmulatorState {
  /** Whether the instance is connected. */
  readonly instanceState: InstanceState;
  /** Whether the API key was revoked. */
  readonly keyRevoked: boolean;
  /** The plan whose limits count. */
  readonly plan: Plan;
  /** This UTC day's and month's messages. */
  readonly usage: {
    /** Since midnight UTC. */
    readonly day: Usage;
    /** Since the first of the month, UTC. */
    readonly month: Usage;
  };
  /** How many messages are taken in how many seconds; `undefined` is any number. */
  readonly throttle: Readonly<Throttle> | undefined;
  /** Where deliveries go, and what signs them. */
  readonly webhook: ResolvedWebhook | undefined;
  /** How events are written as JSON. */
  readonly bodyStyle: BodyStyle;
  /** How the timestamp header is written. */
  readonly timestampStyle: TimestampStyle;
  /** Who may not be messaged, in E.164. */
  readonly suppressed: readonly string[];
  /** The emulator's time, and how far it was moved from the machine's. */
  readonly clock: {
    /** The emulator's time. */
    readonly now: Date;
    /** How many milliseconds it is ahead of the machine's. */
    readonly offsetMs: number;
  };
}

/** Whether the instance is connected (`open`) or not. */
export type InstanceState = 'open' | 'close';

/** What {@link EmulatorState} can be changed to; what is left out stays as it is. */
export interface EmulatorChanges {
  /** Connects or disconnects the instance. */
  instanceState?: InstanceState;
  /** Revokes the key, or takes that back. */
  keyRevoked?: boolean;
  /** Changes the plan; what was sent so far still counts. */
  plan?: Plan;
  /** Takes so many messages in so many seconds; `null` or `false` is any number. */
  throttle?: Readonly<Throttle> | false | null;
  /** Where deliveries go from now on, waiting ones included; `null` is nowhere. */
  webhook?: Readonly<EmulatorWebhook> | null;
  /** How events are written as JSON from now on. */
  bodyStyle?: BodyStyle;
  /** How the timestamp header is written from now on. */
  timestampStyle?: TimestampStyle;
  /** Refuses later sends to these phones, in any spelling. */
  suppress?: readonly string[];
  /** Lets these phones be sent to again. */
  unsuppress?: readonly string[];
}

/**
 * Something that changed. Records come again whenever they change; `state` covers settings, usage, suppression and
 * the clock, `faults` the list of faults, and `reset` says that all records are gone.
 */
export type EmulatorChange =
  | { readonly type: 'message'; readonly message: AcceptedMessage }
  | { readonly type: 'request'; readonly request: ReceivedRequest }
  | { readonly type: 'delivery'; readonly delivery: WebhookDelivery }
  | { readonly type: 'state' | 'faults' | 'reset' };
