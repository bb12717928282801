/** The gateway: Squidex's management API and our own routes over HTTP, without any decision about apps in it. */
export { GatewayConfig } from './gateway.config.js';
export { GatewayModule } from './gateway.module.js';
export { HttpServer } from './http/http-server.js';
