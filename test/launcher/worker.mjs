// Stands in for the worker in the launcher's tests: names what it was given, and lives until it is told to end.
console.log(JSON.stringify({ pid: process.pid, env: Object.keys(process.env) }));
setInterval(() => undefined, 1_000);
