/** The object store as a part of a bucket, on any server that speaks S3: what the cluster keeps its asset files and archives in. */
export * from './part-sizes.js';
export * from './s3-connection.js';
export * from './s3-object-store.js';
