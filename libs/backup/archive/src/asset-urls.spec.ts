import { describe, expect, it } from 'vitest';
import { rewriteAssetUrls } from './asset-urls.js';

const urls = { oldAssets: 'https://o/a/', oldAssetsApp: 'https://o/a/app/', newAssets: 'http://n/', newAssetsApp: 'http://n/fresh/' };

describe('addresses of assets in the data of a content', () => {
  it('are rewritten in the strings of objects and arrays, and all else stays to the letter', () => {
    const data = (old: string, app: string) =>
      `{ "a" : "see ${old}1" ,"b":[ "${app}2",{"${urls.oldAssets}":"${old}3"} , 1.0,null ],"c":{"d":{ }, "e":[ ]},"f":-0,"g":true,"h":"${old}4" }`;
    expect(rewriteAssetUrls(data(urls.oldAssets, urls.oldAssetsApp), urls)).toBe(data(urls.newAssets, urls.newAssetsApp));
  });

  it('leave strings that hold none with the escapes that they have', () => {
    expect(rewriteAssetUrls('["\\u00f6 \\/ <","https://o/a/1"]', urls)).toBe('["\\u00f6 \\/ <","http://n/1"]');
  });

  it('are left as they are in an array that lies directly in an array', () => {
    const data = '{"a":[["https://o/a/1"],[ {"b":"https://o/a/1"} ],{"c":["OLD"]}]}';
    const text = data.replace('OLD', 'https://o/a/2');
    expect(rewriteAssetUrls(text, urls)).toBe(data.replace('OLD', 'http://n/2'));
  });

  it('are rewritten wherever they stand in a string: those with the app, or else those without', () => {
    const of = (text: string) => rewriteAssetUrls(`{"a":"${text}"}`, urls).slice(6, -2);
    expect(of('https://o/a/1 https://o/a/2')).toBe('http://n/1 http://n/2');
    expect(of('https://o/a/app/1 https://o/a/app/2 https://o/a/3')).toBe('http://n/fresh/1 http://n/fresh/2 https://o/a/3');
    expect(of('$& https://o/a/1')).toBe('$\\u0026 http://n/1');
  });

  it('are found although characters of theirs are escaped, by whichever escape', () => {
    const plain = 'azAZmM09:/.-';
    const oldAssets = `x${plain}x`;
    for (const character of plain) {
      const escape = `\\u00${character.charCodeAt(0).toString(16)}`;
      const escapes = [escape, escape.toUpperCase().replace('U', 'u'), ...(character === '/' ? ['\\/'] : [])];
      for (const escaped of escapes) {
        expect(rewriteAssetUrls(`{"a":"${oldAssets.replace(character, escaped)}"}`, { ...urls, oldAssets, oldAssetsApp: '' }), escaped).toBe(
          '{"a":"http://n/"}',
        );
      }
    }
  });

  it('are found although they hold what may be escaped in more ways', () => {
    const oldAssets = 'https://ö/?a=';
    expect(rewriteAssetUrls('{"a":"https://\\u00f6/?a=1"}', { ...urls, oldAssets })).toBe('{"a":"http://n/1"}');
  });

  it('are none where the archive names none', () => {
    const data = '{"a":"https://o/a/1"}';
    expect(rewriteAssetUrls(data, { ...urls, oldAssets: '', oldAssetsApp: '' })).toBe(data);
    expect(rewriteAssetUrls(data, { ...urls, oldAssets: '' })).toBe(data);
    const both = '["https://o/a/app/1","https://o/a/1"]';
    expect(rewriteAssetUrls(both, { ...urls, oldAssets: '' })).toBe('["http://n/fresh/1","https://o/a/1"]');
    expect(rewriteAssetUrls(data, { ...urls, oldAssetsApp: '' })).toBe('{"a":"http://n/1"}');
  });
});
