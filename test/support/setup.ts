// CDK's own template check costs seconds in each process; the demo makes it once.
process.env.CDK_VALIDATION = 'false';
// Deprecated CDK API is for us to avoid: a test that meets it fails.
process.env.JSII_DEPRECATED = 'fail';
