/** JSON as text: finding and replacing members where they stand, and .NET's way of writing it; and reading what others wrote, once it is parsed. */
export * from './check-json.js';
export * from './lenient.js';
export * from './net-json.js';
export * from './scan.js';
