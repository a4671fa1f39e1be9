"""Tests of the feedback pages."""
