/**
 * Opt-outs with Mongoose: the webhook writes them, the sender reads them before every message.
 *
 * ```ts
 * const settings = { serverSelectionTimeoutMS: 5_000 };
 * const connection = await mongoose.createConnection(process.env.MONGODB_URL, settings).asPromise();
 * const optOuts = mongooseOptOuts(connection);
 *
 * app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 *   onOptOut: (_event, { phone, timestamp }) => optOuts.record(phone, timestamp),
 * }));
 * const sender = createSender({ isSuppressed: optOuts.has });
 * ```
 *
 * Pitfalls:
 * - `findOneAndUpdate({ phone })` sees one spelling, and answers null without a word where there is none. Your users may
 *   have typed `+966501234567` or `966501234567`: look for both, with `updateMany`, as there may be a document for each.
 * - A Mongoose query runs when it is awaited. A handler that neither returns nor awaits it is answered with 200, and
 *   nothing was written.
 * - While MongoDB is away, Mongoose keeps commands waiting for ten seconds and its driver for thirty; a handler has ten in
 *   all. `bufferCommands: false` and `serverSelectionTimeoutMS` let it fail in time, so that the gateway comes back.
 */
import { type Connection, Schema } from 'mongoose';

const options = { bufferCommands: false, versionKey: false } as const;

const userSchema = new Schema(
  {
    /** As it was typed at sign-up: some with a plus sign, some without. */
    phone: { type: String, required: true, unique: true },
    whatsappOptedOutAt: { type: Date, default: null },
  },
  { ...options, collection: 'users' },
);

/** Every opt-out in E.164, also of people who are not users yet. */
const optOutSchema = new Schema(
  { _id: { type: String, required: true }, optedOutAt: { type: Date, required: true } },
  { ...options, collection: 'whatsapp_opt_outs' },
);

export interface OptOuts {
  /** Stores an opt-out. To be told twice changes nothing. */
  record(phone: string, at: Date): Promise<void>;
  /** Whether somebody must not be written to. */
  has(phone: string): Promise<boolean>;
}

/** The ways in which the users collection may spell a number that is `+…` here. */
function spellings(phone: string): string[] {
  return [phone, phone.slice(1)];
}

export function mongooseOptOuts(connection: Connection): OptOuts {
  const User = connection.model('User', userSchema);
  const OptOut = connection.model('WhatsAppOptOut', optOutSchema);
  return {
    async record(phone, at) {
      // Transactions need a replica set. Without one, the order does it: `has` believes the first write alone, and
      // where the second fails, the gateway's retry does both again.
      await OptOut.updateOne({ _id: phone }, { $setOnInsert: { optedOutAt: at } }, { upsert: true });
      await User.updateMany(
        { phone: { $in: spellings(phone) }, whatsappOptedOutAt: null },
        { $set: { whatsappOptedOutAt: at } },
      );
    },
    async has(phone) {
      if ((await OptOut.exists({ _id: phone })) !== null) return true;
      const optedOut = { phone: { $in: spellings(phone) }, whatsappOptedOutAt: { $ne: null } };
      return (await User.exists(optedOut)) !== null;
    },
  };
}
