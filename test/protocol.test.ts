import { describe, expect, it } from 'vitest';
import * as protocol from '../src/protocol.ts';

describe('what the gateway documents', () => {
  it('names headers and events as the contract does', () => {
    expect(protocol).toMatchObject({
      EVENT_HEADER: 'x-whatsapp-gateway-event',
      TIMESTAMP_HEADER: 'x-whatsapp-gateway-timestamp',
      SIGNATURE_HEADER: 'x-whatsapp-gateway-signature',
      SIGNATURE_PREFIX: 'sha256=',
      MESSAGE_RECEIVED: 'message.received',
      RECIPIENT_OPTED_OUT: 'recipient.opted_out',
      MESSAGE_STATUS_UPDATED: 'message.status_updated',
      DEFAULT_BASE_URL: 'https://evoapi.faisak.com',
      SEND_PATH: '/api/send-message',
    });
  });

  it('allows five purposes', () => {
    expect(protocol.messagePurposes).toEqual([
      'transactional',
      'operational',
      'support',
      'internal_team',
      'authentication',
    ]);
  });

  it('gives six error codes a documented status', () => {
    expect(protocol.gatewayErrorStatuses).toMatchObject({
      invalid_json: 400,
      invalid_api_key: 401,
      revoked_api_key: 401,
      invalid_instance: 404,
      validation_error: 422,
      message_purpose_required: 422,
    });
  });
});

describe('what the design fixes', () => {
  it('answers each code with its status', () => {
    expect(protocol.webhookErrorStatuses).toEqual({
      request_aborted: 400,
      invalid_timestamp: 400,
      invalid_json: 400,
      invalid_event: 400,
      missing_header: 401,
      invalid_signature: 401,
      timestamp_out_of_range: 401,
      method_not_allowed: 405,
      body_too_large: 413,
      unsupported_content_encoding: 415,
      unsupported_content_type: 415,
      raw_body_unavailable: 500,
      handler_failed: 500,
      handler_timeout: 503,
      store_unavailable: 503,
      delivery_in_flight: 503,
    });
  });

  it('has these defaults', () => {
    expect(protocol).toMatchObject({
      DEFAULT_TOLERANCE_SECONDS: 300,
      DEFAULT_BODY_LIMIT_BYTES: 1_048_576,
      DEFAULT_HANDLER_TIMEOUT_MS: 10_000,
      DEFAULT_SEND_TIMEOUT_MS: 15_000,
      DEFAULT_CONNECT_TIMEOUT_MS: 5_000,
      DEFAULT_CONNECTIONS: 8,
      DEFAULT_UNSENT_RETRIES: 2,
      DEFAULT_MIN_DELAY_MS: 250,
      DEFAULT_MAX_DELAY_MS: 5_000,
      DEFAULT_MAX_RESPONSE_BYTES: 65_536,
    });
  });

  it('remembers a finished delivery at least twice as long as its timestamp is good', () => {
    expect(protocol.DELIVERY_MEMORY_MS).toBeGreaterThanOrEqual(
      2 * protocol.DEFAULT_TOLERANCE_SECONDS * 1_000,
    );
  });
});
