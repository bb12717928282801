import { BrokerClients } from '@reprise/gateway-amqp';
import { addressSettings, brokerClientSettings, limitSettings } from '@reprise/settings';

/** Beside those of every service. */
export const SETTINGS = { ...addressSettings, ...limitSettings, ...brokerClientSettings((text) => BrokerClients.parse(text)) };
