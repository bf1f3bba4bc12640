export type { EmulatedCustomer } from '../emulator/customer.ts';
export type {
  DeliverOptions,
  DeliveryAttempt,
  WebhookDelivery,
} from '../emulator/delivery.ts';
export { startGatewayEmulator } from '../emulator/emulator.ts';
export type { BodyStyle } from '../emulator/encode-body.ts';
export type { GatewayEmulator } from '../emulator/gateway.ts';
export type { AcceptedMessage, WaitForMessageOptions } from '../emulator/message-log.ts';
export type { EmulatorWebhook, GatewayEmulatorOptions } from '../emulator/options.ts';
export type { ReceivedRequest } from '../emulator/request-log.ts';
export type { GatewayAnswer } from '../emulator/rules.ts';
export type { SignatureTampering } from '../emulator/tamper.ts';
export { messageReceived, messageStatusUpdated, recipientOptedOut } from './events.ts';
export { type SignedWebhook, type SignWebhookOptions, signWebhook } from './sign-webhook.ts';
