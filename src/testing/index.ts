export { emulatorAssumptions } from '../emulator/assumptions.ts';
export type { EmulatorClock } from '../emulator/clock.ts';
export type { EmulatedCustomer } from '../emulator/customer.ts';
export type { DeliverOptions } from '../emulator/deliver-options.ts';
export { startGatewayEmulator } from '../emulator/emulator.ts';
export type { BodyStyle } from '../emulator/encode-body.ts';
export type {
  AddedFault,
  DeliveryFault,
  DeliveryFaultKind,
  EmulatorFaults,
  Fault,
  FaultOccurrence,
  NewFault,
  SendFault,
  SendFaultKind,
} from '../emulator/fault.ts';
export type { GatewayEmulator, ResendOptions } from '../emulator/gateway.ts';
export type { WaitForMessageOptions } from '../emulator/message-log.ts';
export type {
  AcceptedMessage,
  AttemptSignature,
  DeliveryAttempt,
  DeliveryOrigin,
  DeliveryState,
  EmulatorChange,
  EmulatorChanges,
  EmulatorState,
  HeaderRecord,
  InstanceState,
  ReceivedRequest,
  SentAnswer,
  Usage,
  WebhookDelivery,
} from '../emulator/model.ts';
export type { GatewayEmulatorOptions, Plan, Throttle, TimestampStyle } from '../emulator/options.ts';
export type { RetryOptions } from '../emulator/retries.ts';
export type { SignatureTampering } from '../emulator/tamper.ts';
export type { EmulatorWebhook } from '../emulator/webhook-target.ts';
export { messageReceived, messageStatusUpdated, recipientOptedOut } from './events.ts';
export { type SignedWebhook, type SignWebhookOptions, signWebhook } from './sign-webhook.ts';
