"""The lectures' experiments: what the course tells with pictures, shown with runs.

One folder an experiment, beside `frame`, which they share. An experiment is its own stage of
`lectures/dvc.yaml`: a section of `lectures/params.yaml` goes in, metrics, tables, pictures and a
page come out. The homework's pipeline knows nothing of them.
"""
