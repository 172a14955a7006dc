"""Words and codes the whole house shares: analyzer, sectors, types, glossary.

Pure: no web, no database, no numpy, so that every room may import it cheaply.
"""
