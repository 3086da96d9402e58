"""When things run: Prefect flows over cohorts. The only importers of Prefect."""
