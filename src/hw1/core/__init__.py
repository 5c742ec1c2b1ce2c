"""What every stage stands on: places, files, parameters' sections, errors and how a stage ends.

All of it is code of every stage: a change here runs the whole pipeline again.
"""
