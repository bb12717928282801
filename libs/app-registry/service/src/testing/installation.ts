import { RegistryStore } from '@reprise/app-registry-core';
import { registryTables, SqliteRegistryStore } from '@reprise/app-registry-sqlite';
import { Installation, type Setup } from '@reprise/service-testing';
import { AppRegistryModule } from '../app-registry.module.js';
import { RegistryConfig } from '../registry.config.js';

export function registryWith(config: Partial<RegistryConfig> = {}): Setup {
  return {
    module: AppRegistryModule,
    tables: [registryTables],
    ports: (database) => [
      [RegistryStore, new SqliteRegistryStore(database)],
      [RegistryConfig, new RegistryConfig({ baseUrl: 'https://cms.example.org/', rootClientSecret: 'root-secret', sole: true, ...config })],
    ],
  };
}

export function startInstallation(config?: Partial<RegistryConfig>): Promise<Installation> {
  return Installation.start(registryWith(config));
}
