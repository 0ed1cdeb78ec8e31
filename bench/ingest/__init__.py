"""From a prompt to a stored graph: `python -m bench ingest`.

jobs: eight prompts on the demo model, by phase; interventions and verifications of their graphs; annotation
whole_trace: what a job of Gemma-2-2B's size takes beyond attribution
real_model: the same with a model of that shape, where there is a GPU
"""

from bench.ingest import jobs, real_model, whole_trace


def main() -> None:
    jobs.show_jobs()
    whole_trace.show_whole_trace()
    real_model.show_real_model()
