-- What a removed deployment leaves is deleted by the worker, its tasks too: a discovery's result holds sealed secrets.
GRANT DELETE ON "task" TO signalbox_worker;
