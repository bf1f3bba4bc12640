import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as esm from 'express-whatsapp-gateway';

const cjs = createRequire(import.meta.url)('express-whatsapp-gateway');

function thrownBy(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
}

assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort());
assert.notEqual(cjs.WebhookError, esm.WebhookError);
const delivery = { headers: {}, rawBody: '{}', secret: 'whsec_copies' };
for (const [one, other] of [
  [cjs, esm],
  [esm, cjs],
]) {
  assert.ok(other.isWebhookError(thrownBy(() => one.verifyWebhook(delivery))));
  const sender = one.createSender({ apiKey: 'wg_live_copies', instanceId: 'inst_1' });
  const refused = await sender.send({ phone: '1', message: 'm', purpose: 'support' }).catch((error) => error);
  assert.ok(other.isSendError(refused), String(refused));
  await sender.close();
}
console.log('done');
