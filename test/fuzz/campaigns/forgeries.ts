import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sign } from '../../support/deliveries.ts';
import { type Campaign, checking } from '../campaign.ts';
import { assertWebhookError } from '../expectations.ts';
import { type Forged, forge } from '../mutations.ts';
import { seededChance } from '../random.ts';
import { anyText } from '../texts.ts';

const FORGERIES_PER_RUN = 200;
const NOW = Date.parse('2026-05-08T10:01:00Z');
const EXPECTED: readonly string[] = [
  'invalid_signature',
  'missing_header',
  'invalid_timestamp',
  'timestamp_out_of_range',
];

const secrets = fc
  .string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 40 })
  .map((text) => `s${text.trim()}s`);
const timestamps = fc.constantFrom<number | string>(
  NOW,
  String(NOW),
  String(NOW / 1_000),
  '2026-05-08T10:00:00.25Z',
);
const texts = anyText(60);

function toForged({ headers, rawBody }: ReturnType<typeof sign>): Forged {
  const { 'x-whatsapp-gateway-signature': signature = '', 'x-whatsapp-gateway-timestamp': timestamp = '' } =
    headers;
  return { signature, timestamp, body: rawBody };
}

/** Forgeries and mutations of good deliveries, by the real verifyWebhook: none may get in, and the good one must. */
export const forgeries: Campaign = {
  name: 'forgeries',
  shortRuns: 25,
  batchRuns: 25,
  async start({ subject }) {
    let tries = 0;

    function isAccepted({ signature, timestamp, body }: Forged, secret: readonly string[]): boolean {
      tries += 1;
      const headers = {
        'x-whatsapp-gateway-signature': signature,
        'x-whatsapp-gateway-timestamp': timestamp,
      };
      try {
        subject.verifyWebhook({ rawBody: body, headers, secret, now: () => NOW });
        return true;
      } catch (error) {
        assertWebhookError(error);
        assert.ok(EXPECTED.includes(error.code), `a forgery was refused as ${error.code}`);
        return false;
      }
    }

    const property = fc.asyncProperty(
      secrets,
      timestamps,
      texts,
      fc.boolean(),
      fc.integer(),
      async (secret, timestamp, text, rotates, seed) => {
        const event = { event: 'message.received', from: '+966501234567', message_text: `${text}. v1.2` };
        const good = toForged(sign(event, { secret, timestamp }));
        const other = toForged(sign({ ...event, from: '+966507654321' }, { secret, timestamp }));
        const accepted = rotates ? [secret, 'whsec_before_rotation'] : [secret];
        const chance = seededChance(seed);
        assert.ok(isAccepted(good, accepted), 'the good delivery is refused');
        for (let made = 0; made < FORGERIES_PER_RUN; made += 1) {
          const forged = forge({ good, other, secret, chance });
          if (forged === undefined || !isAccepted(forged, accepted)) continue;
          assert.fail(
            `accepted: ${JSON.stringify({ ...forged, body: forged.body.toString('latin1') })} ` +
              `made of ${JSON.stringify({ ...good, body: good.body.toString('latin1') })}`,
          );
        }
      },
    );
    return { check: checking(property), tries: () => tries };
  },
};
