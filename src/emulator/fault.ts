/** What every fault can say of how often it strikes. */
export interface FaultOccurrence {
  /**
   * How many sends or attempts it strikes before it is used up: a whole number from 1.
   *
   * @default 1; with a `probability`, until it is removed
   */
  times?: number;
  /** Strikes by chance, above 0 and up to 1; the emulator's `seed` makes the chance repeatable. @default always */
  probability?: number;
}

/** What a fault does to a send, by its type. */
export type SendFaultKind =
  /** Answers any HTTP status, with a body of the gateway's form or the one given. */
  | {
      type: 'status';
      /** The HTTP status. */
      status: number;
      /** The whole body. @default a refusal in the gateway's form */
      body?: string;
    }
  /** Refuses in the gateway's words. */
  | {
      type: 'code';
      /** A code of the gateway's, or any other. */
      code: string;
      /** The HTTP status. @default the code's own, or 400 */
      status?: number;
    }
  /** 429 `sending_throttled` with `Retry-After`. */
  | {
      type: 'throttle';
      /** What `Retry-After` says, in seconds. @default 1 */
      retryAfterSeconds?: number;
    }
  /** Answers as usual, but later. */
  | {
      type: 'delay';
      /** How many milliseconds later, by the emulator's clock. */
      ms: number;
    }
  /** Never answers; the connection stays open until the app ends it, or the emulator is reset or closed. */
  | { type: 'timeout' }
  /** Resets the connection (RST) in place of an answer. */
  | { type: 'reset' }
  /** Answers an HTML page, as a proxy in front does. */
  | {
      type: 'html';
      /** The HTTP status. @default 502 */
      status?: number;
    }
  /** Answers JSON that is cut off in the middle. */
  | {
      type: 'malformed-json';
      /** The HTTP status. @default 200 */
      status?: number;
    };

/** A fault of sending: it strikes POSTs to the send endpoint. */
export type SendFault = FaultOccurrence &
  SendFaultKind & {
    /** What it is about. */
    on: 'send';
    /**
     * `before` the gateway has looked at the send, which then does not count as sent, whatever it holds; or `after` the
     * message was accepted and counts, so that only the answer is spoiled. A refused send is not struck by `after`.
     *
     * @default 'before'
     */
    when?: 'before' | 'after';
  };

/** What a fault does to an attempt to deliver, by its type. */
export type DeliveryFaultKind =
  /** Sends the same bytes and headers again once the first copy was answered. */
  | { type: 'duplicate' }
  /** Sends two copies at the same moment: neither is complete before both are almost there. */
  | { type: 'concurrent-duplicate' }
  /** Holds the attempt, signed, until another delivery's attempt has been made. One is held at a time. */
  | { type: 'reorder' }
  /** Holds the attempt, signed. */
  | {
      type: 'delay';
      /** For how many milliseconds of the emulator's clock. */
      ms: number;
    }
  /** Loses the delivery: nothing is sent any more, and its state is `dropped`. */
  | { type: 'drop' }
  /** Signs rightly with a time in the past. */
  | {
      type: 'stale-timestamp';
      /** How many seconds ago. @default 600 */
      seconds?: number;
    }
  /** Signs rightly with a time in the future. */
  | {
      type: 'future-timestamp';
      /** How many seconds ahead. @default 600 */
      seconds?: number;
    }
  /** Sends another signature of the right form. */
  | { type: 'wrong-signature' }
  /** Leaves the signature header out. */
  | { type: 'missing-signature' }
  /** Leaves the signature's last two characters out. */
  | { type: 'truncated-signature' }
  /** Compresses the body after it was signed, with `content-encoding: gzip`. */
  | { type: 'gzip' }
  /** Sends the body in three chunks, with no `content-length`. */
  | { type: 'chunked' }
  /** Puts a byte order mark before the body and signs both. */
  | { type: 'byte-order-mark' }
  /** Cuts the body in half and signs what is left. */
  | { type: 'truncated-json' }
  /** Renames the event, in body and header, and signs that. */
  | {
      type: 'unknown-event';
      /** The new name. @default 'emulator.unknown_event' */
      event?: string;
    };

/** A fault of delivering: it strikes attempts, retries included. */
export type DeliveryFault = FaultOccurrence &
  DeliveryFaultKind & {
    /** What it is about. */
    on: 'delivery';
  };

/** A fault to add. */
export type NewFault = SendFault | DeliveryFault;

/** A fault as it is kept, with nothing left out. */
export interface Fault {
  /** Such as `emu_fault_1`. */
  readonly id: string;
  /** Whether it strikes sends or deliveries. */
  readonly on: 'send' | 'delivery';
  /** What it does. */
  readonly type: string;
  /** Of sends: before or after the message counts as sent. */
  readonly when: 'before' | 'after' | undefined;
  /** How often it strikes at the most; `Number.MAX_SAFE_INTEGER` is until it is removed. */
  readonly times: number;
  /** How often it still will. */
  readonly remaining: number;
  /** How likely it strikes; `undefined` is always. */
  readonly probability: number | undefined;
  /** The other fields it was added with. */
  readonly params: Readonly<Record<string, string | number>>;
}

/** A fault that was added. */
export interface AddedFault {
  /** Such as `emu_fault_1`. */
  readonly id: string;
  /** Takes it away again; does nothing where it is used up. */
  remove(): void;
}

/** The faults of one emulator. The oldest that fits strikes, one for each send or attempt. */
export interface EmulatorFaults {
  /**
   * Adds a fault.
   *
   * @throws TypeError when its type is unknown or a field cannot be used.
   *
   * @example
   * gateway.faults.add({ on: 'send', type: 'reset', when: 'after' });
   * gateway.faults.add({ on: 'delivery', type: 'duplicate', times: 3 });
   */
  add(fault: NewFault): AddedFault;
  /** The faults that are not used up, oldest first: a copy, as of now. */
  list(): readonly Fault[];
  /** Takes one away by its id. @returns whether there was one. */
  remove(id: string): boolean;
  /** Takes all of them away. */
  clear(): void;
}
