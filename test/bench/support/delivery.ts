import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** What every contender signs and verifies with. */
export const SECRET = 'whsec_bench_4f1c0e9a7d2b8e6f5a3c1d0b9e8f7a6c';

const key: KeyObject = createSecretKey(SECRET, 'utf8');
let serial = 0;

/** A message as the gateway sends it, of about so many bytes of UTF-8, unlike any other of this process. */
export function messageBody(bytes: number): Buffer {
  serial += 1;
  const event = {
    event: 'message.received',
    instance_id: 'inst_01HZX3J5K7M9',
    instance_name: 'Support',
    from: '+966501234567',
    message_text: '',
    message_type: 'text',
    external_message_id: `wamid.${process.pid}.${serial}`,
  };
  const room = bytes - Buffer.byteLength(JSON.stringify(event));
  // Mostly Arabic, as customers write, and so mostly two bytes a letter.
  const words = 'مرحبا، أين طلبي رقم 4821؟ ';
  event.message_text = words.repeat(Math.ceil(room / Buffer.byteLength(words)));
  while (Buffer.byteLength(JSON.stringify(event)) > bytes) {
    const over = Buffer.byteLength(JSON.stringify(event)) - bytes;
    event.message_text = event.message_text.slice(0, -Math.ceil(over / 2));
  }
  return Buffer.from(JSON.stringify(event));
}

/** The gateway's own headers for a body. */
export function signedHeaders(body: Uint8Array, timestamp: string = new Date().toISOString()) {
  const digest = createHmac('sha256', key).update(`${timestamp}.`).update(body).digest('hex');
  return {
    'content-type': 'application/json',
    'x-whatsapp-gateway-event': 'message.received',
    'x-whatsapp-gateway-timestamp': timestamp,
    'x-whatsapp-gateway-signature': `sha256=${digest}`,
  };
}
