import type { AppState } from '@reprise/contracts';
import { objectOrNull, textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

/** Null clears all. */
export const appAssetScriptsConfigured: ChangingReducer<AppState> = {
  type: 'AppAssetsScriptsConfiguredEvent',
  change: (app, { payload }) => {
    const scripts = objectOrNull(payload, 'scripts') ?? {};
    return { ...app, assetScripts: Object.fromEntries(Object.keys(app.assetScripts).map((name) => [name, textOrNull(scripts, name)])) };
  },
};
