import { isUtf8 } from 'node:buffer';
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { validateSignature } from '@line/bot-sdk';
import * as octokit from '@octokit/webhooks-methods';
import { verifyWebhook } from 'express-whatsapp-gateway';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import { SECRET, signedHeaders } from '../support/delivery.ts';
import { floor } from '../support/floor.ts';

const TOLERANCE_MS = 3_600_000;

/** Who verifies and parses. */
export type Contender =
  | 'floor'
  | 'byHand'
  | 'ours'
  | 'stripe'
  | 'svix'
  | 'standardwebhooks'
  | 'octokit'
  | 'line';

/** Each verifies the same body, signed in its own way, and parses it; what fails throws, so that none is fast by failing. */
export function contendersFor(body: Buffer): Record<Contender, () => unknown> {
  const key = createSecretKey(SECRET, 'utf8');
  const headers = signedHeaders(body);
  // As Node's own parser makes them, with what else a request carries.
  const requestHeaders = {
    host: 'app.example.com',
    connection: 'keep-alive',
    'user-agent': 'WhatsAppGateway/1.0',
    accept: 'application/json',
    'content-length': String(body.length),
    ...headers,
  };
  const digest = createHmac('sha256', key).update(body).digest();

  const stripe = new Stripe('sk_test_bench');
  const stripeHeader = stripe.webhooks.generateTestHeaderString({ payload: body.toString(), secret: SECRET });

  const base64Secret = Buffer.from(SECRET).toString('base64');
  const svix = new SvixWebhook(base64Secret);
  const standard = new StandardWebhook(base64Secret);
  const now = new Date();
  const standardHeaders = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': standard.sign('msg_1', now, body),
  };

  const octokitSignature = `sha256=${digest.toString('hex')}`;
  const lineSignature = digest.toString('base64');

  return {
    floor: () => floor(body),
    byHand: () => {
      const { 'x-whatsapp-gateway-timestamp': timestamp, 'x-whatsapp-gateway-signature': signature } =
        requestHeaders;
      const expected = createHmac('sha256', key).update(`${timestamp}.`).update(body).digest();
      const received = Buffer.from(signature.slice('sha256='.length), 'hex');
      if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
        throw new Error('It is signed by somebody else.');
      }
      if (!(Math.abs(Date.now() - Date.parse(timestamp)) <= TOLERANCE_MS)) throw new Error('It is too old.');
      if (!isUtf8(body)) throw new Error('It is not UTF-8.');
      return JSON.parse(body.toString('utf8'));
    },
    ours: () => verifyWebhook({ rawBody: body, headers: requestHeaders, secret: SECRET }),
    stripe: () => stripe.webhooks.constructEvent(body, stripeHeader, SECRET),
    svix: () => svix.verify(body, standardHeaders),
    standardwebhooks: () => standard.verify(body, standardHeaders),
    octokit: () => {
      const text = body.toString('utf8');
      // Its promise is resolved already: all of its work is done when it returns.
      void octokit.verify(SECRET, text, octokitSignature);
      return JSON.parse(text);
    },
    line: () => {
      if (!validateSignature(body, SECRET, lineSignature)) throw new Error('LINE refuses its own signature.');
      return JSON.parse(body.toString('utf8'));
    },
  };
}
