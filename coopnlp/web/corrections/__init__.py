"""Corrections in the pages: who is logged in, what is looked at first, the forms, the history.

Nothing here can be reached without an account of the register
(:mod:`coopnlp.register.accounts`); what is written goes through
:mod:`coopnlp.register.corrections`.
"""
