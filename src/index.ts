export {
  type MemoryDeliveryStore,
  type MemoryDeliveryStoreOptions,
  memoryDeliveryStore,
} from './deliveries/memory.ts';
export type { ClaimResult, DeliveryStore } from './deliveries/store.ts';
export { normalizePhone } from './phone.ts';
export {
  type GatewayErrorCode,
  type MessagePurpose,
  messagePurposes,
  type OwnSendErrorCode,
  type WebhookErrorCode,
} from './protocol.ts';
export {
  isSendError,
  SendAbortedError,
  SendAuthError,
  SendBadResponseError,
  SendConnectionError,
  SendError,
  type SendErrorCode,
  type SendErrorDetails,
  type SendErrorFields,
  SendGatewayError,
  SendInputError,
  type SendOutcome,
  SendPolicyError,
  SendSuppressedError,
  SendThrottledError,
  SendTimeoutError,
} from './sender/errors.ts';
export type { SendDispatcher } from './sender/exchange.ts';
export type { ReplyMessage, ReplyTarget, SendCallOptions, SendMessage } from './sender/message.ts';
export type { SenderOptions, SendRetryOptions, SuppressionCheck } from './sender/options.ts';
export { createSender, type Sender, type SendResult } from './sender/sender.ts';
export type { WebhookContext } from './webhook/context.ts';
export { isWebhookError, WebhookError } from './webhook/errors.ts';
export type {
  MessageReceivedEvent,
  MessageStatusUpdatedEvent,
  RecipientOptedOutEvent,
  UnknownEvent,
  WebhookEvent,
} from './webhook/event.ts';
export type { WebhookHeaders } from './webhook/headers.ts';
export { type WebhookMiddleware, whatsappGatewayWebhook } from './webhook/middleware.ts';
export type { WebhookHandler, WebhookOptions } from './webhook/options.ts';
export type { WebhookOutcome } from './webhook/outcome.ts';
export {
  createWebhookReceiver,
  type WebhookReceiver,
  type WebhookRequest,
  type WebhookResponse,
} from './webhook/receiver.ts';
export { type VerifiedWebhook, type VerifyWebhookOptions, verifyWebhook } from './webhook/verify.ts';
