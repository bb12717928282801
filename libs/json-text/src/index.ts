/** JSON as text: finding and replacing members where they stand, and .NET's way of writing it. */
export * from './net-json.js';
export * from './scan.js';
