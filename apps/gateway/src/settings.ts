import { BrokerClients } from '@reprise/gateway-amqp';
import { addressSettings, limitSettings } from '@reprise/settings';
import { z } from 'zod';

/** Beside those of every service. */
export const SETTINGS = {
  ...addressSettings,
  ...limitSettings,
  REPRISE_AMQP_CLIENTS: z
    .string()
    .default('')
    .transform((text) => BrokerClients.parse(text)),
};
