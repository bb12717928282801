import { BrokerClients } from '@reprise/gateway-amqp';
import { addressSettings, brokerClientSettings, limitSettings, patienceSettings } from '@reprise/settings';

/** Beside those of every service. */
export const SETTINGS = { ...addressSettings, ...limitSettings, ...patienceSettings, ...brokerClientSettings((text) => BrokerClients.parse(text)) };
