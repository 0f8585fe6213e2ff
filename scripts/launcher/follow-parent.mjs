// Loaded into web and worker: when the launcher is gone, also by kill -9, they end as if it had asked them to.
if (process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), 15_000).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}
