import { createWebhookReceiver } from '/work/h/bench/dist/index.mjs';
import { messageBody, SECRET, signedHeaders } from './support/delivery.ts';

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const N = Number(process.argv[2] ?? 8000);
const ds = Array.from({ length: N }, () => {
  const rawBody = messageBody(300);
  return { rawBody, headers: signedHeaders(rawBody) };
});
const best = [];
for (let r = 0; r < Number(process.argv[3] ?? 12); r++) {
  const { receive } = createWebhookReceiver({ secret: SECRET, onMessage() {} });
  const s = cpu();
  for (const d of ds) {
    const x = await receive(d);
    if (x.status !== 200) throw x;
  }
  best.push((cpu() - s) / N);
}
console.log(best.map((x) => x.toFixed(1)).join(' '));
