import { DEFAULT_PORT, DEFAULT_TARGET } from './defaults.ts';

/** What `--help` prints. */
export const help: string = `whatsapp-gateway-emulator: WhatsApp Gateway on this machine, for development and tests

  whatsapp-gateway-emulator [start]                the gateway, and a page to play the customer
      --port N               port, 0 for a free one (${DEFAULT_PORT})
      --host ADDRESS         address to listen at (127.0.0.1)
      --to URL               your app's webhook (${DEFAULT_TARGET})
      --secret TEXT          signing secret (one for development)
      --api-key TEXT         API key that sends must carry (one for development)
      --instance ID          the account's instance (emu_instance)
      --plan NAME            starter, growth, scale, unlimited (starter)
      --body-style NAME      php, js, pretty (php: it does not survive parse and re-stringify)
      --timestamp-style NAME iso, seconds, milliseconds (iso)
      --seed N               what chance is drawn from (1)
      --allow-remote         listen at, and deliver to, other machines: it forges signed webhooks, so take care
      --json                 one JSON object a line

  whatsapp-gateway-emulator say "TEXT" --from PHONE     a customer writes
  whatsapp-gateway-emulator opt-out --from PHONE        a customer opts out
  whatsapp-gateway-emulator fault TYPE --on send|delivery [--when before|after] [--times N] [--probability P]
                                  [--param name=value …]   makes something go wrong;  fault --list, fault --clear
  whatsapp-gateway-emulator ready [--wait] [--seconds N]   whether it answers
      These four find the running emulator by --url (http://127.0.0.1:${DEFAULT_PORT}).

  whatsapp-gateway-emulator env                    what to paste into .env
  whatsapp-gateway-emulator check --to URL         tries a receiver, in any language, with good and bad deliveries
      --secret TEXT          the secret that the receiver has (the emulator's one for development)
      --failing-from PHONE   a customer for whom your handler surely fails, to see that it is not answered with 200
      --replies-port N       be the gateway that your app replies to, to see that nothing is handled twice
      --timeout-ms N         how long a delivery waits for its answer (10000)
      --junit FILE           writes a JUnit report too
      --allow-remote         lets it be another machine

Every option can be a variable too: --api-key is WHATSAPP_GATEWAY_EMULATOR_API_KEY.

Ends with 0 when it did what was asked, 1 when the answer is no (a probe failed, the app refused a delivery), 2 when the
command line cannot be understood, 3 when no emulator answers, 4 when the port is taken.
`;
